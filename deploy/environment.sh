#!/bin/sh
# Make the virtual environment: sh deploy/environment.sh FOLDER LOCK
# With uv where it is installed, else with Python's own venv and pip. Only what the lock's hashes allow gets in.
set -eu
folder=$1
lock=$2

python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || {
    echo "Python 3.11 or later is needed. On Debian 12: sudo apt-get install -y python3 python3-venv" >&2
    exit 1
}

if uv --version >/dev/null 2>&1; then
    [ -x "$folder/bin/python" ] || uv venv --quiet --no-python-downloads --python "$(command -v python3)" "$folder"
    VIRTUAL_ENV=$folder uv pip install --quiet --require-hashes -r "$lock"
else
    [ -x "$folder/bin/python" ] || {
        python3 -c 'import ensurepip' 2>/dev/null || {
            echo "Python's venv is missing. Please type this line once, then try again:" >&2
            echo "  sudo apt-get update && sudo apt-get install -y python3-venv" >&2
            exit 1
        }
        python3 -m venv "$folder"
    }
    "$folder/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes -r "$lock"
fi

# The repository itself: importable from anywhere, with the command `chengbao`. No build, so no network.
here=$(pwd)
site=$("$folder/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
echo "$here" > "$site/chengbao.pth"
cat > "$folder/bin/chengbao" <<SCRIPT
#!/bin/sh
'''exec' "$here/$folder/bin/python" "\$0" "\$@"
' '''
import sys

from clients.cli import main

sys.exit(main())
SCRIPT
chmod +x "$folder/bin/chengbao"
