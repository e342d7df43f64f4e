"""Sets one template in a process of its own, so that a monstrous document ends that one and not the server, and what Typst
keeps for a next time is given back.

Run as a script: one JSON object on standard input, `template`, `data`, `fonts`, `packages`, `seconds` (since 1970, UTC). It
writes the PDF to standard output, or why there is none to standard error, and then ends with 1. It knows nothing of the rest
of the program, so that the process starts at once (25 ms).
"""

import json
import sys

#: Bytes of addresses that it may ask for, and seconds of a processor's time. 5,000 lines take 300 MB and 2 seconds.
MEMORY = 2 * 1024 * 1024 * 1024
SECONDS = 30


def main() -> int:
    """Answer on standard output."""
    _limit()
    import typst

    asked = json.load(sys.stdin.buffer)
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[asked["fonts"]])
    try:
        compiler = typst.Compiler(
            asked["template"],
            font_paths=fonts,
            ignore_system_fonts=True,
            sys_inputs={"data": json.dumps(asked["data"])},
            package_path=asked["packages"],
            package_cache_path=asked["packages"],  # nothing is fetched from anywhere
        )
        pdf = compiler.compile(format="pdf", timestamp=asked["seconds"])
    except typst.TypstError as error:
        sys.stderr.write(f"{error.message}\n{error.diagnostic}")
        return 1
    assert isinstance(pdf, bytes)
    sys.stdout.buffer.write(pdf)
    return 0


def _limit() -> None:
    try:
        import resource
    except ImportError:  # not on Windows
        return
    for kind, most in ((resource.RLIMIT_AS, MEMORY), (resource.RLIMIT_CPU, SECONDS), (resource.RLIMIT_CORE, 0)):
        allowed = resource.getrlimit(kind)[1]
        most = most if allowed == resource.RLIM_INFINITY else min(most, allowed)
        resource.setrlimit(kind, (most, most))


if __name__ == "__main__":
    sys.exit(main())
