# SPDX-FileCopyrightText: The trustme authors
# SPDX-License-Identifier: Apache-2.0
"""The least that replays a crypto-agile log: replay.py LOG ROUNDS prints the median microseconds."""
import hashlib, statistics, struct, sys, time

NAMES = {4: "sha1", 11: "sha256", 12: "sha384", 13: "sha512"}

def replay(log):
    count = struct.unpack_from("<I", log, 56)[0]
    sizes = dict(struct.unpack_from("<HH", log, 60 + 4 * i) for i in range(count))
    at = 61 + 4 * count + log[60 + 4 * count]
    pcrs = {a: [bytes(s)] * 24 for a, s in sizes.items()}
    while at < len(log):
        pcr, kind, digests = struct.unpack_from("<III", log, at)
        at += 12
        for _ in range(digests):
            algorithm = struct.unpack_from("<H", log, at)[0]
            size = sizes[algorithm]
            if kind != 3:
                value = pcrs[algorithm][pcr] + log[at + 2 : at + 2 + size]
                pcrs[algorithm][pcr] = hashlib.new(NAMES[algorithm], value).digest()
            at += 2 + size
        at += 4 + struct.unpack_from("<I", log, at)[0]
    return pcrs

log = open(sys.argv[1], "rb").read()
times = []
for _ in range(int(sys.argv[2])):
    start = time.perf_counter_ns()
    replay(log)
    times.append((time.perf_counter_ns() - start) / 1000)
print(statistics.median(times))
