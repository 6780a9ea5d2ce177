#!/bin/sh
# Fetch the pinned front-end files from the npm registry into static/vendor.
# For maintainers only: the result is committed, running Shouwen needs neither npm nor a network.
# `tools/vendor_assets.sh --verify` only checks the committed files against SHA256SUMS.
set -eu

root=$(cd "$(dirname "$0")/.." && pwd)
vendor="$root/static/vendor"

if [ "${1:-}" = "--verify" ]; then
    cd "$vendor" && exec sha256sum --check --quiet SHA256SUMS
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# package  version  folder  files (relative to the package)
fetch() {
    package=$1 version=$2 folder=$3
    shift 3
    mkdir -p "$work/$folder" "$vendor/$folder"
    archive=$(cd "$work" && npm pack --silent "$package@$version")
    tar -xzf "$work/$archive" -C "$work/$folder" --strip-components=1
    for file in "$@"; do
        cp "$work/$folder/$file" "$vendor/$folder/"
    done
    echo "$package $version" > "$vendor/$folder/VERSION"
}

# Tabler's stylesheet contains Bootstrap's; 1.4.0 is the last one without oklch(), which the
# older browsers of a service desk do not draw.
fetch @tabler/core 1.4.0 tabler dist/css/tabler.min.css
fetch bootstrap 5.3.9 bootstrap dist/js/bootstrap.bundle.min.js LICENSE
fetch bootstrap-icons 1.13.2 bootstrap-icons font/bootstrap-icons.min.css \
    font/fonts/bootstrap-icons.woff2 LICENSE
# 2.0.x on purpose: the registry's latest is 4.x and speaks another dialect.
fetch htmx.org 2.0.11 htmx dist/htmx.min.js LICENSE
# Everything in one file: the smaller builds lack the patterns that make charts readable
# without colour.
fetch echarts 6.0.0 echarts dist/echarts.min.js LICENSE NOTICE

# Tabler's package names its licence (MIT) but does not carry the text.
cat > "$vendor/tabler/LICENSE" <<'LICENCE'
MIT License

Copyright (c) 2018-2025 The Tabler Authors
Copyright (c) 2018-2025 codecalm.net Paweł Kuna

Permission is hereby granted, free of charge, to any person obtaining a copy
of this software and associated documentation files (the "Software"), to deal
in the Software without restriction, including without limitation the rights
to use, copy, modify, merge, publish, distribute, sublicense, and/or sell
copies of the Software, and to permit persons to whom the Software is
furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all
copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR
IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY,
FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE
AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER
LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM,
OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE
SOFTWARE.
LICENCE

# The font sits beside its stylesheet, in woff2 alone; source maps are not shipped.
sed -i 's#src:url("fonts/bootstrap-icons.woff2?\([0-9a-f]*\)") format("woff2"),url([^)]*) format("woff")#src:url("bootstrap-icons.woff2?\1") format("woff2")#' \
    "$vendor/bootstrap-icons/bootstrap-icons.min.css"
sed -i '/^\/[/*]# sourceMappingURL/d' "$vendor"/*/*.min.js "$vendor"/*/*.min.css

cd "$vendor"
find . -type f ! -name SHA256SUMS | LC_ALL=C sort | xargs sha256sum > SHA256SUMS
