"""From events to clocks, stored rows, forecasts; open complaints under other limits.

The arithmetic of limits is in `workflow/`; the limits' versions in `limits`.
"""
