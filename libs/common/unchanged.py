"""An answer that the caller holds already is not sent again (304): definitions, documents, results that stand."""

from fastapi import Request, Response

PUBLIC_CACHE = "public, max-age=60"


def tagged(response: Response, request: Request, tag: str, cache: str = PUBLIC_CACHE) -> Response | None:
    """Tell the answer's version; the 304 to send instead where the caller holds that version, else None."""
    quoted = f'"{tag}"'
    headers = {"ETag": quoted, "Cache-Control": cache}
    response.headers.update(headers)
    held = [one.strip().removeprefix("W/") for one in request.headers.get("if-none-match", "").split(",")]
    return Response(status_code=304, headers=headers) if quoted in held or "*" in held else None
