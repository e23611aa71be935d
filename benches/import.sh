#!/usr/bin/env bash
# How fast a large map comes in, and how much memory that takes, beside ogr2ogr on the same file and cluster.
#   scripts/cluster with benches/import.sh [rows]        default 500000; needs ogr2ogr and target/release/{diaba,diaba-reader}
# With ONLY_IMPORT=1 nothing is published (for 5,000,000 rows).
# Draws quads of 20 x 15 m as parcels, writes them as GeoPackage and Shapefile, imports and publishes each with `diaba`, loads each
# with ogr2ogr (COPY, GiST index after). Works in a database and a folder of its own; both are deleted.
set -euo pipefail
rows=${1:-500000}
top=$(cd "$(dirname "$0")/.." && pwd)
bin=${CARGO_TARGET_DIR:-$top/target}/release
: "${DATABASE_URL:?set DATABASE_URL to a cluster where databases may be made}"
for tool in ogr2ogr psql "$bin/diaba" "$bin/diaba-reader"; do
    command -v "$tool" >/dev/null || { echo "import: $tool is missing" >&2; exit 1; }
done
name=diaba_bench_import_$$
server=$DATABASE_URL
url=${server%/*}/$name
work=$(mktemp -d)
export DATABASE_URL=$url DIABA_HOME=$work/home DIABA_DATA=$top/data
finish() { psql -qX "$server" -c "drop database if exists $name with (force)"; rm -rf "$work"; }
trap finish EXIT
psql -qX "$server" -c "create database $name"
host_port=${url#*@}; host_port=${host_port%%/*}
login=${url#*//}; login=${login%%@*}; user=${login%%:*}
# ogr2ogr and psql read the password here, not from their arguments
[ "$login" = "$user" ] || export PGPASSWORD=${login#*:}
pg="PG:host=${host_port%%:*} port=${host_port##*:} user=$user dbname=$name"

# Runs a command; leaves seconds in `took` and the most memory (RSS, MB) its processes held together in `held`, looked at ten times a second.
measure() {
    local begin most=0 now run
    begin=$(date +%s.%N)
    "$@" >"$work/out" 2>&1 &
    run=$!
    while kill -0 $run 2>/dev/null; do
        now=$(ps -e -o pid=,ppid=,rss= | awk -v root=$run '
            { parent[$1] = $2; rss[$1] = $3 }
            END { for (p in parent) { q = p; while (q in parent && q != root) q = parent[q]; if (q == root) sum += rss[p] } print sum + 0 }')
        most=$((now > most ? now : most))
        sleep 0.1
    done
    wait $run || { cat "$work/out" >&2; exit 1; }
    took=$(awk -v a="$begin" -v b="$(date +%s.%N)" 'BEGIN { print b - a }')
    held=$((most / 1024))
}
line() { awk -v f="$1" -v w="$2" -v s="$3" -v rows="$rows" -v o="$4" -v mb="$5" \
    'BEGIN { printf "| %-10s | %-32s | %6.1f | %8.0f | %5.2f | %5s |\n", f, w, s, rows / s, o / s, mb }'; }

"$bin/diaba" setup >/dev/null
psql -qX "$url" <<SQL
create table quads as
select (1 + i / 1000)::text as sheet, (1 + i % 1000)::text as number, 300.0::float8 as legal_area, 'ODT' as land_use,
       st_makeenvelope(500000 + 20 * (i % 1000), 1700000 + 15 * (i / 1000), 500020 + 20 * (i % 1000), 1700015 + 15 * (i / 1000), 5899) as geom
  from generate_series(0, $rows - 1) i;
SQL
ogr2ogr -q -f GPKG "$work/quads.gpkg" "$pg" quads -nlt POLYGON -a_srs EPSG:5899
ogr2ogr -q -f "ESRI Shapefile" "$work/quads.shp" "$pg" quads -nlt POLYGON -a_srs EPSG:5899
psql -qX "$url" -c 'drop table quads'

echo "| file       | work                             | s      | rows/s   | times ogr2ogr | MB at most |"
echo "| ---------- | -------------------------------- | ------ | -------- | ----- | ----- |"
for file in quads.gpkg quads.shp; do
    layer=bench.${file##*.}
    measure ogr2ogr -f PostgreSQL "$pg" "$work/$file" -nln "beside_${file##*.}" \
        -lco GEOMETRY_NAME=geom -lco SPATIAL_INDEX=GIST --config PG_USE_COPY YES
    beside=$took
    line "$file" "ogr2ogr, COPY, GiST; no check" "$took" "$beside" "$held"
    measure "$bin/diaba" layer import "$work/$file" --layer "$layer" --theme cadastral --zone 5899 \
        --commune 20194 --source-date 2026-01-31 --coverage extent
    import=$took
    line "$file" "diaba layer import, all checks" "$took" "$beside" "$held"
    [ -n "${ONLY_IMPORT:-}" ] && continue
    version=$(psql -XAtq "$url" -c "select max(id) from layer_version")
    measure "$bin/diaba" layer publish "$version"
    line "$file" "diaba layer publish (parcels)" "$took" "$beside" "$held"
    line "$file" "both" "$(awk -v a="$import" -v b="$took" 'BEGIN { print a + b }')" "$beside" "-"
done
