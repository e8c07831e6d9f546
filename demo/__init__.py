"""The page: its components, the jobs that train networks for visitors, the server, and the static site.

Everything that is said about a digit comes from `model/`.
"""
