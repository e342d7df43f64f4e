"""Makes a small and a large picture of one that was sent, in a process of its own: a monstrous one ends that, not the server.

Run as a script: the picture on standard input. It writes the two as WebP in base64, a JSON list, to standard output; or one
word to standard error and ends with 1. Nothing of the sent file is kept but its pixels: neither where it was taken nor what
hides in it. It knows nothing of the rest of the program, so that the process starts at once.
"""

import base64
import io
import json
import sys
import warnings

#: Bytes of addresses, and seconds of a processor's time. 48 million pixels take 500 MB and 2 seconds.
MEMORY, SECONDS = 1 << 30, 20
PIXELS = 64_000_000
#: pixels of the longer side
SIZES = (96, 480)
FORMATS = ("JPEG", "PNG", "WEBP", "GIF")


def main() -> int:
    """Answer on standard output."""
    _limit()
    from PIL import Image, ImageOps, UnidentifiedImageError

    warnings.simplefilter("error")  # of a bomb, too
    Image.MAX_IMAGE_PIXELS = PIXELS
    made = []
    try:
        with Image.open(io.BytesIO(sys.stdin.buffer.read()), formats=FORMATS) as sent:
            if sent.width * sent.height > PIXELS:
                raise Image.DecompressionBombError
            sent.draft("RGB", (2 * SIZES[-1], 2 * SIZES[-1]))  # a JPEG is unpacked no larger than needed
            sent.load()
            whole = ImageOps.exif_transpose(sent).convert("RGBA" if sent.has_transparency_data else "RGB")
        for size in SIZES:
            whole_copy = ImageOps.contain(whole, (size, size)) if max(whole.size) > size else whole
            bare = Image.new(whole_copy.mode, whole_copy.size)
            bare.paste(whole_copy)
            written = io.BytesIO()
            bare.save(written, "WEBP", quality=80)
            made.append(base64.b64encode(written.getvalue()).decode())
    except (MemoryError, Image.DecompressionBombError, Image.DecompressionBombWarning):
        sys.stderr.write("large")
        return 1
    except UnidentifiedImageError:
        sys.stderr.write("kind")
        return 1
    except Exception:  # whatever a decoder meets in what somebody made up
        sys.stderr.write("broken")
        return 1
    sys.stdout.write(json.dumps(made))
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
