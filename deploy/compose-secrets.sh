#!/bin/sh
# Write .env with random passwords for docker-compose.yml; what is there is kept: sh deploy/compose-secrets.sh
set -eu
umask 077
touch .env
for name in POSTGRES GRAFANA GATEWAY INTAKE REVIEW SCORING NOTIFY \
    GATEWAY_BROKER INTAKE_BROKER REVIEW_BROKER SCORING_BROKER NOTIFY_BROKER TOPOLOGY_BROKER; do
    grep -q "^${name}_PASSWORD=" .env \
        || echo "${name}_PASSWORD=$(od -An -N24 -tx1 /dev/urandom | tr -d ' \n')" >> .env
done
