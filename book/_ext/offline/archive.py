"""Make a ZIP of the built site, to unpack and read from disk.

Run as: PYTHONPATH=book/_ext python -m offline.archive

All files of the site go in but the offline copies themselves, with the links
to them, and what only a server can use. The same site gives the same bytes.
"""

import zipfile
from pathlib import Path

from .landing import FIRST, FOLDER, SITE, ZIP, announce, size, with_links

FOR_SERVERS = {".buildinfo", ".nojekyll", "404.html", "sitemap.xml"}
EARLIEST = (1980, 1, 1, 0, 0, 0)  # of the dates that a ZIP can have


def pack(site: Path, path: Path) -> None:
    """Write the site into a ZIP, in a folder that has the ZIP's name."""
    files = sorted(
        file.relative_to(site).as_posix()
        for file in site.rglob("*")
        if file.is_file()
    )
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in files:
            if name in FOR_SERVERS or name.startswith(f"{FOLDER}/"):
                continue
            data = (site / name).read_bytes()
            if name == FIRST:
                data = with_links(data.decode(), "").encode()
            entry = zipfile.ZipInfo(f"{path.stem}/{name}", EARLIEST)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, data, compresslevel=9)


def main() -> None:
    """Pack the site and say so on its first page."""
    path = SITE / FOLDER / ZIP
    path.parent.mkdir(exist_ok=True)
    pack(SITE, path)
    announce()
    print(f"{path}: {size(path)}")


if __name__ == "__main__":
    main()
