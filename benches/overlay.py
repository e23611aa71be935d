"""The same overlay by shapely, beside benches/overlay.rs: reads what it wrote, prints one JSON line per way.

Usage: overlay.py FOLDER THREADS ROUNDS. Building the geometries and the tree of zones is not timed, as on the other side.
"""

import json
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import shapely

folder, threads, rounds = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])


def read(name):
    coords = np.fromfile(f"{folder}/{name}.coords", dtype="<f8").reshape(-1, 2)
    sizes = np.fromfile(f"{folder}/{name}.sizes", dtype="<u4")
    rings = shapely.linearrings(coords, indices=np.repeat(np.arange(len(sizes)), sizes))
    return shapely.polygons(rings)


parcels, zones = read("parcels"), read("zones")
tree = shapely.STRtree(zones)


def plain(part):
    """Every pair that meets is intersected."""
    p, z = tree.query(part, predicate="intersects")
    return p, z, shapely.area(shapely.intersection(part[p], zones[z]))


def covered_first(part):
    """What lies wholly within a zone (prepared) needs no intersection."""
    p, z = tree.query(part, predicate="intersects")
    areas = np.empty(len(p))
    order = np.argsort(z, kind="stable")
    p, z = p[order], z[order]
    inside = shapely.covers(zones[z], part[p])
    areas[inside] = shapely.area(part[p[inside]])
    cut = ~inside
    areas[cut] = shapely.area(shapely.intersection(part[p[cut]], zones[z[cut]]))
    return p, z, areas


def within_first(part):
    """The tree finds what is covered, then only the rest is intersected."""
    p, z = tree.query(part, predicate="intersects")
    q, y = tree.query(part, predicate="within")
    inside = np.isin(p.astype(np.int64) * len(zones) + z, q.astype(np.int64) * len(zones) + y)
    areas = np.empty(len(p))
    areas[inside] = shapely.area(part[p[inside]])
    cut = ~inside
    areas[cut] = shapely.area(shapely.intersection(part[p[cut]], zones[z[cut]]))
    return p, z, areas


for zone in zones:
    shapely.prepare(zone)
parts = np.array_split(parcels, threads)
for way in (plain, covered_first, within_first):
    took = []
    for _ in range(rounds):
        begin = time.perf_counter()
        with ThreadPoolExecutor(threads) as pool:
            done = list(pool.map(way, parts))
        took.append(time.perf_counter() - begin)
    starts = np.cumsum([0] + [len(part) for part in parts[:-1]])
    p = np.concatenate([d[0] + s for d, s in zip(done, starts)])
    z = np.concatenate([d[1] for d in done])
    areas = np.concatenate([d[2] for d in done])
    some = areas > 1e-6
    p, z, areas = p[some], z[some], areas[some]
    order = np.lexsort((z, p))
    if way is plain:
        np.stack([p[order], z[order]], axis=1).astype("<u4").tofile(f"{folder}/pairs.shapely")
        areas[order].astype("<f8").tofile(f"{folder}/areas.shapely")
    print(json.dumps({"way": way.__name__, "seconds": took, "pairs": int(some.sum()), "m2": float(areas.sum())}), flush=True)
print(json.dumps({"shapely": shapely.__version__, "geos": shapely.geos_version_string}))
