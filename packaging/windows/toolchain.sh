#!/bin/bash
# Cross-building Rust for Windows (x86_64-pc-windows-gnu) on Debian 12, and
# running the result under Wine. `cargo xtask windows` calls it.
#
#   toolchain.sh            the compiler, std for Windows and the cargo-windows command
#   toolchain.sh --wine     the same, and a Wine prefix so that tests and programs run
#   toolchain.sh --update   move to the newest compiler Debian offers (std is built again)
#   toolchain.sh --where    only say where the cargo-windows command is
#
# Then, in any Rust workspace:
#
#   <cache>/bin/cargo-windows build --release -p foo
#   <cache>/bin/cargo-windows test
#
# or, with <cache>/bin on PATH, `cargo windows test`.
#
# rustup has no Windows std without its own downloads, so this takes Debian's
# newest compiler (rustc-web) together with its library source of exactly the
# same version, unpacks both into the cache without installing them, builds std
# for Windows once and puts it in that compiler's sysroot. After that, builds
# are ordinary stable builds. Any cargo can drive them: the one on PATH is used,
# and Debian's (cargo-web, also in the cache) where there is none.
#
# Running it again does only what is missing. Environment:
#
#   CHOP_WINDOWS_CACHE     where everything goes; default ${XDG_CACHE_HOME:-~/.cache}/chop-windows
#   CHOP_WINDOWS_MIN_RUST  the oldest compiler accepted; default 1.95
#   CARGO_BUILD_JOBS       parallel jobs, as for cargo
set -euo pipefail
export LC_ALL=C.UTF-8 # the output of apt and ldd is read below

target=x86_64-pc-windows-gnu
mingw=x86_64-w64-mingw32
multiarch=x86_64-linux-gnu
here=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")" && pwd)
cache=${CHOP_WINDOWS_CACHE:-${XDG_CACHE_HOME:-${HOME:?}/.cache}/chop-windows}
min_rust=${CHOP_WINDOWS_MIN_RUST:-1.95}
wine64=/usr/lib/wine/wine64
wineserver=/usr/lib/wine/wineserver64

say() { printf '%4ds  %s\n' "$SECONDS" "$*"; }
die() { printf 'toolchain.sh: %s\n' "$*" >&2; exit 1; }

want_wine=no
update=no
for arg in "$@"; do
    case $arg in
        --wine) want_wine=yes ;;
        --update) update=yes ;;
        --where) echo "$cache/bin/cargo-windows"; exit 0 ;;
        -h | --help) sed -n '2,/^set -/{/^set -/d;s/^# \{0,1\}//;p}' "${BASH_SOURCE[0]}"; exit 0 ;;
        *) die "unknown argument '$arg' (known: --wine, --update, --where, --help)" ;;
    esac
done

for tool in apt-get apt-cache dpkg-deb dpkg-query flock tar; do
    command -v "$tool" >/dev/null || die "'$tool' is missing: this needs Debian 12 or a relative of it"
done
[ "$(dpkg --print-architecture)" = amd64 ] || die "the machine must be amd64, not $(dpkg --print-architecture)"
case $cache in
    *[[:space:]]*) die "the cache path '$cache' has a space in it, which cargo's runner setting cannot carry" ;;
    /*) ;;
    *) die "the cache path '$cache' must be absolute" ;;
esac
mkdir -p "$cache"/{bin,libexec,log} || die "cannot write to '$cache'"
exec 9>"$cache/lock"
if ! flock -n 9; then
    say "waiting for another toolchain.sh to finish"
    flock -w 1800 9 || die "another toolchain.sh has held '$cache/lock' for half an hour"
fi

# --- Debian packages installed on the machine -------------------------------

root=none
if [ "$(id -u)" = 0 ]; then
    root=
elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
    root=sudo
fi

updated=no
apt_update() { # once per run; other apt runs may hold the lists, so try a few times
    [ $updated = no ] || return 0
    if [ "$root" = none ]; then
        say "no root, so apt's package lists stay as they are"
        updated=yes
        return 0
    fi
    local try
    for try in 1 2 3 4 5; do
        if $root apt-get update -q >"$cache/log/apt-update.log" 2>&1; then
            updated=yes
            return 0
        fi
        sleep $((try * 3))
    done
    die "apt-get update failed, see $cache/log/apt-update.log"
}

is_installed() { [ "$(dpkg-query -W -f='${db:Status-Status}\n' "$1" 2>/dev/null | head -n1)" = installed ]; }

install_missing() {
    local p missing=()
    for p in "$@"; do is_installed "$p" || missing+=("$p"); done
    [ ${#missing[@]} -gt 0 ] || return 0
    [ "$root" != none ] || die "missing Debian packages, and no root to install them: apt-get install --no-install-recommends ${missing[*]}"
    say "installing ${missing[*]}"
    apt_update
    $root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
        -o DPkg::Lock::Timeout=600 "${missing[@]}" >"$cache/log/apt-install.log" 2>&1 ||
        die "apt-get could not install ${missing[*]}, see $cache/log/apt-install.log"
    for p in "${missing[@]}"; do is_installed "$p" || die "the package $p did not install, see $cache/log/apt-install.log"; done
}

# gcc and libc6-dev link build scripts and procedural macros, which run here.
# The win32 flavour of mingw gcc keeps winpthreads out of the result.
# nasm assembles what aws-lc-rs is made of.
packages=(gcc libc6-dev binutils ca-certificates gcc-mingw-w64-x86-64-win32 nasm)
[ $want_wine = no ] || packages+=(wine64)
install_missing "${packages[@]}"
cc=$mingw-gcc-win32
for tool in cc "$cc" "$mingw-ar" "$mingw-dlltool"; do
    command -v "$tool" >/dev/null || die "'$tool' is not on PATH although its package is installed"
done

# --- Debian's compiler and library source, unpacked but not installed ---------

candidate() { apt-cache policy "$1" 2>/dev/null | sed -n 's/^  Candidate: //p' | grep -v '(none)' || true; }

newest=$(candidate rustc-web)
version=
if [ -e "$cache/current/.unpacked" ] && [ $update = no ]; then
    version=$(cat "$cache/current/.unpacked")
    [ -z "$newest" ] || [ "$newest" = "$version" ] ||
        say "note: Debian now has rustc-web $newest; --update would move to it"
else
    # Fresh lists: Debian drops a superseded version from its archive.
    apt_update
    version=$(candidate rustc-web)
    [ -n "$version" ] || die "apt knows no package rustc-web: the Debian 12 (bookworm) and bookworm-security suites must be among its sources"
fi
dpkg --compare-versions "$version" ge "$min_rust" ||
    die "rustc-web is $version, older than $min_rust: is the bookworm-security suite among apt's sources?"
tc=$cache/toolchain/$version
libs=$tc/usr/lib/$multiarch

if [ ! -e "$tc/.unpacked" ]; then
    say "downloading Debian's Rust $version"
    debs=$cache/debs
    rm -rf "$tc" "$debs"
    mkdir -p "$tc" "$debs"
    # The compiler, its std for this machine, the library source, cargo and
    # clippy, all of one version; then whatever libraries they depend on that
    # this machine has not installed (libllvm and a few small ones).
    queue=(rustc-web libstd-rust-web-dev rust-web-src cargo-web rust-web-clippy)
    declare -A seen=()
    while [ ${#queue[@]} -gt 0 ]; do
        p=${queue[0]}
        queue=("${queue[@]:1}")
        [ -z "${seen[$p]:-}" ] || continue
        seen[$p]=1
        spec=$p
        case $p in *rust-web* | rustc-web | cargo-web) spec=$p=$version ;; esac
        (cd "$debs" && apt-get download -q -o APT::Sandbox::User=root "$spec") >>"$cache/log/download.log" 2>&1 ||
            die "could not download the Debian package $spec, see $cache/log/download.log"
        deb=$(ls "$debs/${p}"_*.deb)
        for dep in $(dpkg-deb -f "$deb" Depends | tr ',' '\n' | sed 's/|.*//; s/(.*//; s/:[a-z]*//; s/ //g'); do
            case $dep in
                *rust-web* | rustc-web) queue+=("$dep") ;;
                lib*) is_installed "$dep" || [ "$dep" = libc-dev ] || queue+=("$dep") ;;
            esac
        done
    done
    say "unpacking ${#seen[@]} packages"
    for deb in "$debs"/*.deb; do
        case $deb in
            # Of the source package only the library, 69 of 434 MB.
            */rust-web-src_*)
                dpkg-deb --fsys-tarfile "$deb" | tar -x -C "$tc" --wildcards './usr/src/rustc-*/library' './usr/lib/rustlib/src*' ||
                    die "could not unpack $deb"
                ;;
            *) dpkg-deb -x "$deb" "$tc" || die "could not unpack $deb" ;;
        esac
    done
    [ -e "$tc/usr/lib/rustlib/src/rust/library/Cargo.lock" ] || die "rust-web-src $version has no library/Cargo.lock where the compiler looks for it"
    for bin in rustc rustdoc cargo clippy-driver; do
        [ -x "$tc/usr/bin/$bin" ] || die "'$bin' is not in Debian's packages of version $version"
        lost=$(LD_LIBRARY_PATH=$libs ldd "$tc/usr/bin/$bin" | sed -n 's/^[[:space:]]*\([^ ]*\) => not found.*/\1/p' | tr '\n' ' ')
        [ -z "$lost" ] || die "shared libraries that Debian's $bin needs are missing: $lost"
    done
    rm -rf "$debs"
    echo "$version" >"$tc/.unpacked"
fi
[ "$(readlink "$cache/current" 2>/dev/null)" = "toolchain/$version" ] || ln -sfn "toolchain/$version" "$cache/current"

# --- wrappers -----------------------------------------------------------------

put() { # put FILE: write standard input to an executable file, leaving an equal one alone
    cat >"$1.new"
    chmod 755 "$1.new"
    if cmp -s "$1.new" "$1"; then rm "$1.new"; else mv "$1.new" "$1"; fi
}

for bin in rustc rustdoc cargo clippy-driver; do
    put "$cache/libexec/$bin" <<END
#!/bin/sh
# Debian's $bin $version, run from where it is unpacked.
LD_LIBRARY_PATH='$libs'\${LD_LIBRARY_PATH:+:\$LD_LIBRARY_PATH}
export LD_LIBRARY_PATH
exec '$tc/usr/bin/$bin' "\$@"
END
done
rustc=$cache/libexec/rustc
rust_version=$("$rustc" --version 2>&1) || die "Debian's rustc does not start: $rust_version"

put "$cache/libexec/wine-runner" <<END
#!/bin/sh
# Runs a Windows program; cargo's runner for $target.
if ! [ -x $wine64 ] || ! [ -e '$cache/wine/.ready' ]; then
    echo "Wine is not set up: run toolchain.sh --wine" >&2
    exit 1
fi
unset LD_LIBRARY_PATH
export WINEPREFIX='$cache/wine' WINEARCH=win64 WINESERVER=$wineserver WINEDEBUG="\${WINEDEBUG:--all}"
exec $wine64 "\$@"
END

put "$cache/env" <<END
# Sourced by cargo-windows. Also of use on its own: . '$cache/env'; cargo build
export RUSTC='$cache/libexec/rustc' RUSTDOC='$cache/libexec/rustdoc'
export CARGO_BUILD_TARGET=$target
export CARGO_TARGET_X86_64_PC_WINDOWS_GNU_LINKER=$cc
export CARGO_TARGET_X86_64_PC_WINDOWS_GNU_RUNNER='$cache/libexec/wine-runner'
export CC_x86_64_pc_windows_gnu=$cc AR_x86_64_pc_windows_gnu=$mingw-ar
END
chmod 644 "$cache/env"

put "$cache/bin/cargo-windows" <<END
#!/bin/sh
# cargo for $target: cargo-windows build|test|run|clippy|... as with cargo.
# The cargo is \$CARGO, else the one on PATH, else Debian's.
if [ "\${1-}" = windows ]; then shift; fi # called as 'cargo windows'
. '$cache/env'
cargo=\${CARGO:-\$(command -v cargo || echo '$cache/libexec/cargo')}
if [ "\${1-}" = clippy ]; then
    # cargo-clippy would start the clippy of its own toolchain, which cannot
    # read this compiler's std. What follows is what cargo-clippy does.
    shift
    lints=
    n=\$#
    split=no
    while [ "\$n" -gt 0 ]; do
        a=\$1
        shift
        n=\$((n - 1))
        if [ \$split = yes ]; then
            lints="\$lints\${a}__CLIPPY_HACKERY__"
        elif [ "\$a" = -- ]; then
            split=yes
        else
            set -- "\$@" "\$a"
        fi
    done
    export RUSTC_WORKSPACE_WRAPPER='$cache/libexec/clippy-driver' CLIPPY_ARGS="\$lints"
    set -- check "\$@"
fi
exec "\$cargo" "\$@"
END

# --- std for Windows ------------------------------------------------------------

sysroot_lib=$tc/usr/lib/rustlib/$target/lib
if [ ! -e "$tc/.std-small" ]; then
    say "building std for $target"
    work=$tc/work
    rm -rf "$work"
    mkdir -p "$work/src" "$work/cargo-home"
    printf '[package]\nname = "empty"\nversion = "0.0.0"\nedition = "2021"\n[workspace]\n' >"$work/Cargo.toml"
    echo '#![no_std]' >"$work/src/lib.rs"
    # panic_abort alone is built with panic=abort, as in the official std;
    # without it no crate with panic = "abort" in its profile would link.
    put "$work/wrapper" <<'END'
#!/bin/sh
case " $* " in *' --crate-name panic_abort '*) set -- "$@" -Cpanic=abort ;; esac
exec "$@"
END
    link=$tc/usr/lib/rustlib/src/rust/library
    library=$(readlink -f "$link")
    # Bitcode, so that crates can use LTO; small, because it is a part of what ten thousand
    # computers fetch; no path of this machine in the result.
    # std's own dependencies come with Debian's source, so nothing is downloaded.
    (
        cd "$work"
        env -u CARGO_ENCODED_RUSTFLAGS -u CARGO_TARGET_DIR -u CARGO_BUILD_TARGET -u RUSTC_WORKSPACE_WRAPPER \
            CARGO_HOME="$work/cargo-home" RUSTC="$rustc" RUSTC_WRAPPER="$work/wrapper" RUSTC_BOOTSTRAP=1 CARGO_PROFILE_RELEASE_OPT_LEVEL=s \
            CARGO_TARGET_X86_64_PC_WINDOWS_GNU_LINKER="$cc" \
            RUSTFLAGS="-Cembed-bitcode=yes --remap-path-prefix=$library=/rustc/$version/library --remap-path-prefix=$link=/rustc/$version/library" \
            "$cache/libexec/cargo" build -Zbuild-std=std,panic_unwind,panic_abort,test \
            --target $target --release --target-dir "$work/target" --offline \
            --config 'source.crates-io.replace-with="vendored"' \
            --config "source.vendored.directory=\"$library/vendor\""
    ) >"$cache/log/std.log" 2>&1 || die "building std failed: $(grep -m1 '^error' "$cache/log/std.log" || true), see $cache/log/std.log"
    rm -rf "$sysroot_lib" "$sysroot_lib.new"
    mkdir -p "$sysroot_lib.new"
    cp "$work/target/$target/release/deps"/lib*.rlib "$sysroot_lib.new/"
    rm -f "$sysroot_lib.new"/libempty-*.rlib
    for crate in core alloc std test proc_macro panic_unwind panic_abort compiler_builtins; do
        ls "$sysroot_lib.new"/lib$crate-*.rlib >/dev/null 2>&1 || die "the std build left no lib$crate, see $cache/log/std.log"
    done
    mv "$sysroot_lib.new" "$sysroot_lib"
    # A program must link in the usual ways before this counts as done.
    echo 'fn main() { println!("hello from {}", std::env::consts::OS) }' >"$work/hello.rs"
    for flags in '' '-Cpanic=abort -Clto=thin' '-Cpanic=abort -Clto=fat' '-O --test'; do
        # shellcheck disable=SC2086 # several flags
        "$rustc" --target $target -Clinker="$cc" $flags -o "$work/try.exe" "$work/hello.rs" >"$cache/log/hello.log" 2>&1 ||
            die "a first program does not build for $target with flags '$flags', see $cache/log/hello.log"
    done
    "$rustc" --target $target -Clinker="$cc" -O -Cstrip=symbols -o "$work/hello.exe" "$work/hello.rs" >"$cache/log/hello.log" 2>&1 ||
        die "a first program does not build for $target, see $cache/log/hello.log"
    mv "$work/hello.exe" "$tc/hello.exe"
    rm -rf "$work"
    touch "$tc/.std-small"
    # Only one compiler is kept.
    for old in "$cache"/toolchain/*; do [ "$old" = "$tc" ] || rm -rf "$old"; done
fi

# --- Wine -----------------------------------------------------------------------

if [ $want_wine = yes ]; then
    for tool in $wine64 $wineserver; do
        [ -x "$tool" ] || die "the package wine64 is installed but $tool is not there"
    done
    shim=$here/bcryptprimitives.c
    builtin=$(dirname "$(dirname "$wine64")")/$multiarch/wine/x86_64-windows/bcryptprimitives.dll
    [ -e "$builtin" ] || [ -e "$shim" ] || die "bcryptprimitives.c is not beside toolchain.sh"
    wine_version=$(dpkg-query -W -f='${Version}' wine64)
    ready="$wine_version $(cksum <"$shim" 2>/dev/null || true)"
    if [ "$(cat "$cache/wine/.ready" 2>/dev/null)" != "$ready" ]; then
        say "making a prefix for Wine $wine_version"
        rm -f "$cache/wine/.ready"
        # No display, no Mono, no Gecko: none of them is needed and each would wait or ask.
        (
            unset DISPLAY WAYLAND_DISPLAY LD_LIBRARY_PATH
            export WINEPREFIX=$cache/wine WINEARCH=win64 WINESERVER=$wineserver WINEDEBUG=-all WINEDLLOVERRIDES='mscoree=;mshtml='
            timeout 300 $wine64 wineboot -u && timeout 120 $wineserver -w
        ) >"$cache/log/wineboot.log" 2>&1 9>&- || die "wineboot failed, see $cache/log/wineboot.log"
        system32=$cache/wine/drive_c/windows/system32
        [ -d "$system32" ] || die "wineboot made no system32, see $cache/log/wineboot.log"
        if [ ! -e "$builtin" ]; then
            $cc -O2 -Wall -shared -nostartfiles -Wl,-e,DllMain -o "$system32/bcryptprimitives.dll" "$shim" -ladvapi32 ||
                die "could not build the bcryptprimitives shim"
        fi
        echo "$ready" >"$cache/wine/.ready"
    fi
    # To a file rather than a pipe, and without the lock: wineserver outlives the program.
    timeout 120 "$cache/libexec/wine-runner" "$tc/hello.exe" >"$cache/log/hello.log" 2>&1 9>&- || true
    answer=$(tr -d '\r' <"$cache/log/hello.log")
    [ "$answer" = "hello from windows" ] || die "a first program does not run under Wine; it said: '$answer'"
fi

# --- summary ----------------------------------------------------------------------

cargo=$(command -v cargo || echo "$cache/libexec/cargo")
say "ready"
cat <<END
       rustc    $rust_version (Debian $version)
       cargo    $("$cargo" --version 2>&1 | head -n1) at $cargo
       linker   $($cc --version | head -n1)
       wine     $(if [ -e "$cache/wine/.ready" ]; then $wine64 --version 2>/dev/null | head -n1; else echo "not set up (--wine)"; fi)
       command  $cache/bin/cargo-windows
       took     ${SECONDS} s
END
