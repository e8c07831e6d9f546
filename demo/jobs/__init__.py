"""The jobs that visitors start from the page: training a network, or fine-tuning one."""
