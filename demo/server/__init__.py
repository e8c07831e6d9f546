"""What stands between visitors and Gradio: limits, uploads, and what is private in Gradio."""
