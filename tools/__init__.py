"""What `./run` and `./test` do: prepare a bare machine step by step, then start the product or check it.

Standard library only: these modules run on the machine's Python before anything is installed.
"""
