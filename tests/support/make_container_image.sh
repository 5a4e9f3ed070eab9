#!/bin/sh
# make_container_image.sh PODMAN IMAGE: an image of this machine's own shell, for tests that must
# not pull anything. Prints nothing when all is well.
set -eu
podman=$1
image=$2
"$podman" image exists "$image" && exit 0
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
mkdir -p "$root/image/bin" "$root/image/usr/bin" "$root/image/etc" "$root/image/tmp"
echo 'root:x:0:0:root:/root:/bin/sh' > "$root/image/etc/passwd"
for program in bash cat env id sleep; do
  path=$(command -v "$program")
  cp -L "$path" "$root/image/bin/$program"
  ldd "$path" 2> /dev/null | grep -o '/[^ ]*' | while read -r library; do
    mkdir -p "$root/image$(dirname "$library")"
    cp -L "$library" "$root/image$library"
  done
done
cp "$root/image/bin/bash" "$root/image/bin/sh"
tar -C "$root/image" -cf "$root/image.tar" .
"$podman" import --quiet "$root/image.tar" "$image" > /dev/null
