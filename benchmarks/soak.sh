#!/usr/bin/env bash
# Runs all proofs of the guarantees at their long sizes, for hours: prints their figures and the result. Arguments go to
# mvn, such as -Dit.test=KillsIT or -Dsmsieve.proof.seed=N. What else was said is in streams-app/target/soak.log.
set -uo pipefail
cd "$(dirname "$0")/.."
mkdir -p streams-app/target
SMSIEVE_SOAK=1 mvn -B -ntp -pl common,streams-app verify -Dgroups=proof -Dit.forks=1 \
    -Dfailsafe.failIfNoSpecifiedTests=false "$@" 2>&1 |
    tee streams-app/target/soak.log |
    grep --line-buffered -E '^(proof:|seed of the proofs:|\[ERROR\] +[A-Z][A-Za-z]*(IT|Test)|\[ERROR\] Failed to execute|\[INFO\] BUILD)'
exit "${PIPESTATUS[0]}"
