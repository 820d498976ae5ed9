# shellcheck shell=bash
# What the scripts beside this file share: Debian's packages, downloaded and unpacked without root and without installing.

# Ends with a sentence that the tests show as the reason why they are skipped.
die() {
  echo "$(basename "$0"): $*" >&2
  exit 1
}

# Takes the folder for this process alone, for as long as it lives; children that outlive it keep it.
lock() {
  mkdir -p "$1"
  exec 9>"$1/.lock"
  if ! flock -n 9; then
    echo "Another process fills $1; waiting for it." >&2
    flock 9
  fi
}

need_debian() {
  local missing=() tool
  for tool in apt-get dpkg dpkg-deb tar awk sed grep sort; do
    command -v "$tool" >/dev/null || missing+=("$tool")
  done
  ((${#missing[@]} == 0)) || die "needs Debian or a derivative; not found: ${missing[*]}"
  [[ -r $keyring ]] || die "needs Debian's archive keyring, package debian-archive-keyring; not found: $keyring"
}

need_space() {
  local folder=$1 gigabytes=$2 free
  free=$(df -Pk "$folder" | awk 'NR == 2 { print int($4 / 1048576) }')
  ((free >= gigabytes)) || die "needs $gigabytes GB of disk in $folder for a while; $free GB are free"
}

keyring=${EXVIRT_DEBIAN_KEYRING:-/usr/share/keyrings/debian-archive-keyring.gpg}

# use_suites FOLDER SUITE...: makes apt-get see only these suites of the machine's own mirror, with state of its own in FOLDER.
use_suites() {
  local apt=$1 mirror suite
  shift
  mirror=${EXVIRT_DEBIAN_MIRROR:-$(apt-get indextargets --no-release-info --format '$(SITE)' 'Created-By: Packages' |
    grep -v -i -m1 security || true)}
  [[ -n $mirror ]] || die "knows no package mirror: apt has no sources; set EXVIRT_DEBIAN_MIRROR to one"
  mkdir -p "$apt"/{lists/partial,cache/archives/partial,preferences.d}
  for suite in "$@"; do
    echo "deb [signed-by=$keyring] $mirror $suite main"
    echo "deb-src [signed-by=$keyring] $mirror $suite main"
  done >"$apt/sources.list"
  : >"$apt/status"
  cat >"$apt/apt.conf" <<CONF
Dir::Etc::sourcelist "$apt/sources.list";
Dir::Etc::sourceparts "-";
Dir::Etc::preferencesparts "$apt/preferences.d";
Dir::State::lists "$apt/lists";
Dir::State::status "$apt/status";
Dir::Cache "$apt/cache";
APT::Sandbox::User "";
APT::Install-Recommends "0";
Acquire::Languages "none";
Acquire::Retries "3";
Acquire::http::Timeout "30";
Acquire::https::Timeout "30";
CONF
  export APT_CONFIG=$apt/apt.conf
  # A mirror that cannot be reached is only a warning where old lists are there.
  apt-get update -qq -o APT::Update::Error-Mode=any >&2 ||
    die "cannot read the package mirror $mirror ($*): is there a network?"
}

# unpack SUITE FOLDER NAMES PACKAGE...: downloads the packages, and of all that they depend on those whose names match NAMES,
# and unpacks them into FOLDER/root.
unpack() {
  local suite=$1 folder=$2 names=$3 deb
  shift 3
  [[ ! -e $folder/unpacked ]] || return 0
  rm -rf "$folder/root"
  mkdir -p "$folder/debs"
  apt-get install -y --print-uris -t "$suite" "$@" >"$folder/uris" ||
    die "$suite no longer has $*, or not all that they need"
  # The second field is NAME_VERSION_ARCHITECTURE.deb.
  awk '/^'\''/ { print $2 }' "$folder/uris" | awk -F_ '{ gsub(/%3a/, ":", $2); print $1 "=" $2 }' |
    { grep -E "^($names)=" || true; } >"$folder/packages"
  (cd "$folder/debs" && xargs apt-get download -qq <"$folder/packages") >&2 ||
    die "cannot download packages of $suite: is there a network?"
  for deb in "$folder"/debs/*.deb; do dpkg-deb -x "$deb" "$folder/root"; done
  rm -rf "$folder/debs"
  touch "$folder/unpacked"
}

# fetch_program PROGRAM PACKAGE PROBE ARGUMENTS...: what a script does that fetches one program, linked with the C library
# alone, out of a package of Debian 12: [--check] DIR [PROGRAM]. PROBE is the program's argument that makes it tell its version.
fetch_program() {
  local program=$1 package=$2
  probed_by=$3
  shift 3
  tells_its_version() { "$1" "$probed_by"; }
  fetch_file "$program" "$package" "usr/bin/$program" tells_its_version "$@"
}

# fetch_file NAME PACKAGE PATH PROBE ARGUMENTS...: the same for any file of a package, whose PATH may have wildcards. PROBE is a
# command that fails where the file given to it is of no use on this machine.
fetch_file() {
  local name=$1 package=$2 path=$3 probe=$4 check=0 dest work found
  shift 4
  if [[ ${1:-} == --check ]]; then
    check=1
    shift
  fi
  dest=$(mkdir -p "${1:?usage: $(basename "$0") [--check] DIR}" && cd "$1" && pwd)
  [[ ! -x $dest/$name ]] || return 0
  ((check == 0)) || return 1
  lock "$dest"
  [[ ! -x $dest/$name ]] || return 0
  need_debian
  need_space "$dest" 1
  work=$dest/.work
  mkdir -p "$work"
  use_suites "$work/apt" bookworm
  unpack bookworm "$work/$package" "$package" "$package"
  found=$(compgen -G "$work/$package/root/$path") || die "the package $package of Debian 12 has no $path"
  "$probe" "$found" >&2 || die "$name of Debian 12 does not run on this machine"
  install -m 755 "$found" "$dest/.$name.part"
  mv "$dest/.$name.part" "$dest/$name"
  rm -rf "$work"
}
