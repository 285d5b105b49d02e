#!/usr/bin/env bash
# Measures smsieve and each of its peers, one after the other, round by round, and prints a table. Arguments go to
# `smsieve benchmark stream`, such as --model random:gpt2. Environment:
#   PYTHON   of an environment with requirements.txt; default python3
#   ROUNDS   default 3
#   SYSTEMS  names of those to measure, below, a peer's with -N for batches of N; default all but those in bf16
#   RESULTS  a directory for the figures as JSON; default benchmarks/target/peers/TIME
set -euo pipefail
shopt -s extglob
peers=$(cd "$(dirname "$0")" && pwd)
python=${PYTHON:-python3}
results=${RESULTS:-$peers/../target/peers/$(date +%Y%m%d-%H%M%S)}
systems=${SYSTEMS:-smsieve smsieve-int8 smsieve-at-least-once book-1 book-8 pipeline-1 pipeline-8 pipeline-64
    pipeline-compile-1 pipeline-compile-8 pipeline-compile-64 onnx-1 onnx-8 onnx-64 onnx-int8-1 onnx-int8-8 onnx-int8-64}
mkdir -p "$results"
"$python" -c 'import confluent_kafka, onnx, onnxruntime.quantization, torch, transformers' ||
    { echo "run.sh: $python has no requirements.txt installed (see $peers/README.md)" >&2; exit 1; }

measure() {
    local system=$1 out=$2
    shift 2
    local script=
    case $system in
    smsieve) ;;
    smsieve-int8) set -- "$@" --precision int8 ;;
    smsieve-at-least-once) set -- "$@" --guarantee at_least_once ;;
    book-+([0-9])) script=book.py ;;
    pipeline-+([0-9])) script=pipeline.py ;;
    pipeline-compile-+([0-9])) script='pipeline.py --compile' ;;
    pipeline-bf16-+([0-9])) script='pipeline.py --bf16' ;;
    pipeline-bf16-compile-+([0-9])) script='pipeline.py --bf16 --compile' ;;
    onnx-+([0-9])) script=onnx_runtime.py ;;
    onnx-int8-+([0-9])) script='onnx_runtime.py --int8' ;;
    *)
        echo "run.sh: $system: no such system; a peer's name ends in its batch size, such as onnx-8" >&2
        return 1
        ;;
    esac
    [ -z "$script" ] || set -- "$@" --app "exec $python $peers/$script --batch ${system##*-}"
    "$peers/../../smsieve" benchmark stream --json "$@" >"$out.partial" && mv "$out.partial" "$out"
}

failed=0
for round in $(seq "${ROUNDS:-3}"); do
    for system in $systems; do
        echo "round $round: $system" >&2
        # One that fails shall not cost the others' figures.
        measure "$system" "$results/$system-$round.json" "$@" || failed=1
    done
done
"$python" "$peers/table.py" "$results"
echo "The figures are in $results." >&2
exit $failed
