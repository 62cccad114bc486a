#!/bin/sh
# Makes chop.pkg on a Mac: build-pkg.sh CHOP VERSION [IDENTITY]
#   CHOP      the binary, built with cargo build --release --package chop-agent
#   VERSION   such as 0.1.0
#   IDENTITY  of a "Developer ID Installer" certificate; without it the package is not signed
#
# Written from Apple's documentation. Nobody has run it yet.
set -eu
chop=${1:?the binary} version=${2:?the version} identity=${3-}
here=$(cd "$(dirname "$0")" && pwd)
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
install -d -m 755 "$root/Library/Application Support/Chop" "$root/Library/LaunchAgents"
install -m 755 "$chop" "$root/Library/Application Support/Chop/chop"
install -m 644 "$here/tw.chop.agent.plist" "$root/Library/LaunchAgents/"
set -- --root "$root" --identifier tw.chop.agent --version "$version" --install-location /
if [ -n "$identity" ]; then
    set -- "$@" --sign "$identity"
fi
pkgbuild "$@" "chop-$version.pkg"
