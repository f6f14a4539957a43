"""`python -m hxl_kit` is `hxl-kit`."""

from hxl_kit.cli import main

if __name__ == "__main__":
    main()
