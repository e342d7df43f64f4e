"""Sets one template in a process of its own, so that a monstrous document ends that one and not the server, and what Typst
keeps for a next time is given back.

Run as a script: one JSON object on standard input, `template` (a file) or `source` (a text), `data` (a list: one for each PDF),
`fonts`, `packages`, `seconds` (since 1970, UTC), `processor` (seconds of it that it may take), `format` (pdf or png), `pages`
(most of png). It writes the PDFs, or pictures, in base64 as a JSON list to standard output, or why there is none to standard
error, and then ends with 1. It knows nothing of the rest of the program, so that the process starts at once (25 ms).
"""

import base64
import json
import sys

#: Bytes of addresses that it may ask for, and seconds of a processor's time. 5,000 lines take 300 MB and 2 seconds.
MEMORY = 2 * 1024 * 1024 * 1024
SECONDS = 30


def main() -> int:
    """Answer on standard output."""
    asked = json.load(sys.stdin.buffer)
    _limit(asked["processor"])
    import typst

    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[asked["fonts"]])
    try:
        compiler = typst.Compiler(
            asked["source"].encode() if asked["source"] else asked["template"],
            # of files a text reads none but the shared packages
            root=asked["packages"] if asked["source"] else None,
            font_paths=fonts,
            ignore_system_fonts=True,
            package_path=asked["packages"],
            package_cache_path=asked["packages"],
        )
        made: list[bytes | None] = []
        for data in asked["data"]:
            inputs = {"data": json.dumps(data)}
            one = compiler.compile(format=asked["format"], timestamp=asked["seconds"], ppi=110, sys_inputs=inputs)
            made += one[: asked["pages"]] if isinstance(one, list) else [one]
    except typst.TypstError as error:
        sys.stderr.write(f"{error.message}\n{error.diagnostic}")
        return 1
    sys.stdout.write(json.dumps([base64.b64encode(each).decode() for each in made if each]))
    return 0


def _limit(seconds: int) -> None:
    try:
        import resource
    except ImportError:  # not on Windows
        return
    for kind, most in ((resource.RLIMIT_AS, MEMORY), (resource.RLIMIT_CPU, seconds), (resource.RLIMIT_CORE, 0)):
        allowed = resource.getrlimit(kind)[1]
        most = most if allowed == resource.RLIM_INFINITY else min(most, allowed)
        resource.setrlimit(kind, (most, most))


if __name__ == "__main__":
    sys.exit(main())
