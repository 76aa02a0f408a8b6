#!/bin/sh
# Make sure that Debian packages are installed: sh deploy/debian-packages.sh PACKAGE...
# Installs what is missing where it may (root, or sudo without a password), else names the one line to type.
# No service is started by it: everything here runs as a child process of ours.
set -eu

missing=
for package in "$@"; do
    dpkg-query --show --showformat='${db:Status-Status}' "$package" 2>/dev/null | grep -qx installed \
        || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

if [ "$(id -u)" = 0 ]; then as_root=
elif sudo -n true 2>/dev/null; then as_root=sudo
else
    echo "Some tests need Debian packages. Please type this line once, then try again:" >&2
    echo "  sudo apt-get update && sudo apt-get install --no-install-recommends -y$missing" >&2
    exit 1
fi

# A broker that the installation starts would only be in the way, and where it cannot start, the installation fails.
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
    printf '#!/bin/sh\nexit 101\n' | $as_root tee "$policy" >/dev/null
    $as_root chmod +x "$policy"
    trap '$as_root rm -f "$policy"' EXIT INT TERM
fi
echo "installing from Debian:$missing"
$as_root apt-get update -qq
# shellcheck disable=SC2086  # a list of packages
$as_root env DEBIAN_FRONTEND=noninteractive \
    apt-get install --no-install-recommends -y -qq -o Dpkg::Use-Pty=0 $missing >/dev/null
