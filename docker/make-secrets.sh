#!/bin/sh
# Creates the missing secrets of compose.yml in docker/secrets at random and keeps existing ones.
# Pass your own keys in the environment, now or later:
#   GEMINI_API_KEY=… MATTERMOST_TOKEN=… sh docker/make-secrets.sh
# Only you can enter the folder. Its files are readable for all, because each is mounted into a container
# whose user has another id.
set -eu
umask 022
cd "$(dirname "$0")"
mkdir -p secrets
chmod 700 secrets

# 256 bits in hexadecimal.
random() {
  od -A n -t x1 -N 32 /dev/urandom | tr -d ' \n'
}

keep() {
  printf '%s\n' "$2" >"secrets/.$1"
  chmod 444 "secrets/.$1"
  mv -f "secrets/.$1" "secrets/$1"
  echo "docker/secrets/$1"
}

# make NAME VALUE: unless it exists
make() {
  [ -e "secrets/$1" ] || keep "$1" "$2"
}

# given NAME VALUE: the value, or an empty file if there is neither a value nor a file
given() {
  if [ -n "$2" ] || [ ! -e "secrets/$1" ]; then keep "$1" "$2"; fi
}

make postgres_password "$(random)"
make redis_password "$(random)"
make internal_api_key "texas_internal_$(random)"
make grafana_admin_password "$(random)"
given gemini_api_key "${GEMINI_API_KEY:-}"
given mattermost_token "${MATTERMOST_TOKEN:-}"
