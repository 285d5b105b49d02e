#!/bin/bash
# Whether the app in this container is alive. By bash alone: the images have no curl.
exec 3<>"/dev/tcp/127.0.0.1/${SMSIEVE_HTTP_PORT:-8080}" || exit 1
printf 'GET %s HTTP/1.0\r\n\r\n' "${1:-/health/live}" >&3
read -r -t 4 _ status _ <&3 && [ "$status" = 200 ]
