"""What may stand twice, each with its reason; everything else that `tools/twins.py` finds fails the build."""

COMPUTED_TWICE: dict[frozenset[str], str] = {}
"""Names of functions with an equal body or expression, and why that is no second home."""

READ_TWICE: dict[str, str] = {
    "flow": "billing runs the flow (BL-5); review asks only whether there is one to take off the planned budget (RV-9)",
    "h100_equivalents": "review counts capacity by it (RV-9), the allocator shows it with a grant (CV-5)",
    "max_applications": "intake limits what is submitted (IN-3), review what is selected across pools (RV-9)",
    "planning_price_krw": "review plans with it (RV-9); billing commits the same amount (BL-9)",
    "pricing": "metering counts hours or months by it (MT-5, MT-11), billing prices them (BL-1)",
    "use_ends_on": "intake bounds what is asked (IN-4), the allocator what is placed (AL-4)",
    "use_starts_on": "intake bounds what is asked (IN-4), the allocator what is placed (AL-4), billing its first price",
    "wait_limit_s": "metering discounts by it (MT-6); the allocator shows which requests wait longer",
}
"""Policy values that two places read, by name, with the reason."""

PRIMITIVES: dict[str, tuple[str, ...]] = {
    r"unicodedata\.normalize\('NFKC', .*\)|.*\.casefold": ("libs.common.keys",),
    r"(?:zoneinfo\.)?ZoneInfo\('Asia/Seoul'\)": ("libs.common.calendar",),
}
"""What only its own module may do (a pattern over the unparsed call or attribute), and that module."""
