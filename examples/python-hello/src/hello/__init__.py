"""Says hello."""

from importlib.resources import files


def main():
    print(files(__name__).joinpath("greeting.txt").read_text(encoding="utf-8").strip())
