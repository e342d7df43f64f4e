"""Built-in modules. They come in by the same door as any third party's: the entry points of the package."""
