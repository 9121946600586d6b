#!/bin/sh
# Makes the images on which the others are built where none can be pulled: Debian's packages by debootstrap, as root.
#   base.sh [SUITE] [MIRROR]      default: bookworm, and the mirror that apt uses
# The same state of the mirror gives the same layer to the byte: what only tells when and where it was made is taken out.
# xiaoneng-base runs (Python, no pip, no compiler), xiaoneng-build builds, the xiaoneng-<server> ones are for compose.yaml.
set -eu
suite=${1:-bookworm}
mirror=${2:-$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' | grep debian | grep -v security | head -1)}
docker=${DOCKER:-docker}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
here=$(cd "$(dirname "$0")" && pwd)
# Nothing in the layer is younger than the state of the mirror; what the packages bring keeps its time, which Python's byte code names.
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(date -d "$(wget -qO- "$mirror/dists/$suite/Release" | sed -n 's/^Date: //p')" +%s)}
export SOURCE_DATE_EPOCH

imported() { # imported NAME PACKAGES: a root file system with the packages, as an image
	name=$1 packages=$2
	debootstrap --variant=minbase --include="$packages" "$suite" "$folder/$name" "$mirror" >"$folder/$name.log" || {
		tail -5 "$folder/$name.log" >&2
		exit 1
	}
	rm -rf "$folder/$name"/var/cache/apt/* "$folder/$name"/var/lib/apt/lists/* "$folder/$name"/usr/share/doc/* \
		"$folder/$name"/usr/share/man/* "$folder/$name"/var/log/* "$folder/$name"/tmp/* \
		"$folder/$name"/var/cache/ldconfig/aux-cache "$folder/$name"/var/cache/debconf/*-old "$folder/$name"/var/lib/dpkg/*-old \
		"$folder/$name"/etc/*-
	# Empty, not away: what runs in a build mounts its own ones over them.
	for file in machine-id hostname hosts resolv.conf; do : >"$folder/$name/etc/$file"; done
	tar -C "$folder/$name" --numeric-owner --sort=name --mtime="@$SOURCE_DATE_EPOCH" --clamp-mtime -c . | "$docker" import - "$name:$suite"
	rm -rf "${folder:?}/$name"
}

for image in ${IMAGES:-base build postgresql rabbitmq prometheus}; do
	case $image in
	base) imported xiaoneng-base ca-certificates,tzdata,python3-minimal,python3,libpython3-stdlib ;;
	build) imported xiaoneng-build ca-certificates,tzdata,python3-minimal,python3,libpython3-stdlib,python3-venv,python3-pip ;;
	postgresql) imported xiaoneng-debian-postgresql postgresql,locales ;;
	rabbitmq) imported xiaoneng-debian-rabbitmq rabbitmq-server ;;
	prometheus) imported xiaoneng-debian-prometheus prometheus ;;
	esac
done
for server in ${SERVERS:-postgresql rabbitmq prometheus}; do
	"$docker" build --network host -q -t "xiaoneng-$server:$suite" --build-arg BASE_IMAGE="xiaoneng-debian-$server:$suite" "$here/$server"
done
