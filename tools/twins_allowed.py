"""What may stand twice, each with its reason; everything else that `tools/twins.py` finds fails the build."""

COMPUTED_TWICE: dict[frozenset[str], str] = {}
"""Names of functions with an equal body or expression, and why that is no second home."""

READ_TWICE: dict[str, str] = {
    "acceptance_days": "intake runs the clock of acceptance (RV-13), review tells the term with the result",
    "alone": "intake asks what a provider may offer (RV-15), the allocator gives grants by it (BL-3)",
    "at_least_as_good": "intake asks what a provider may offer (RV-15), the allocator gives grants by it (AL-21)",
    "cap_krw": "billing draws once it is decided; BudgetShare compares the parts of one cap as far as known (BL-9)",
    "flow": "billing runs the flow (BL-5); review asks only whether there is one to take off the planned budget (RV-9)",
    "h100_equivalents": "review counts capacity by it (RV-9), the allocator shows it with a grant (CV-5)",
    "large": "intake asks a longer body of a large application (IN-14), review another stage (RV-8)",
    "max_applications": "intake limits what is submitted (IN-3), review what is selected across pools (RV-9)",
    "notice_date": "the line of youth enterprises follows from it (IN-6), a region counts places by it (IN-15)",
    "part_krw": "billing draws once it is decided; BudgetShare compares the parts of one cap as far as known (BL-9)",
    "objection_days": "intake takes objections (MS-7), review tells with the result until when",
    "planning_price_krw": "review plans with it (RV-9); billing commits the same amount (BL-9)",
    "price_rounds_max": "review counts a providers' call's rounds by its own (RV-15), billing the book's (BL-1)",
    "pricing": "metering counts hours or months by it (MT-5, MT-11), billing prices them (BL-1)",
    "region_first": "intake decides which reduction applies (IN-15), billing's preview of the cost shows it before",
    "shared_with": "billing draws once it is decided; BudgetShare compares the parts of one cap as far as known (BL-9)",
    "submissions_close_at": "intake bounds submissions by it (IN-1), a region may count places by it (IN-15)",
    "substitutions": "the allocator gives by them (AL-2), billing's preview of the cost shows them before",
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
