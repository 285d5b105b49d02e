#!/bin/sh
# Prints files of Prometheus rules as a PrometheusRule each:
#   prometheus-rule.sh ../../../prometheus/*.rules.yml | kubectl apply -f -
set -eu
for file in "$@"; do
    name=$(basename "$file" .yml | tr '._' '--')
    printf -- '---\napiVersion: monitoring.coreos.com/v1\nkind: PrometheusRule\nmetadata:\n  name: smsieve-%s\nspec:\n' "$name"
    sed 's/^\(.\)/  \1/' "$file"
done
