"""How the scripts of this folder measure: the least and the median of some parts' mean microseconds a call."""
import sys
import time


def bench(name, call, part_seconds=0.35, parts=7, warm_up=5):
    for _ in range(warm_up):
        call()
    begin = time.perf_counter()
    call()
    calls = max(1, int(part_seconds / max(time.perf_counter() - begin, 1e-7)))
    means = []
    for _ in range(parts):
        begin = time.perf_counter()
        for _ in range(calls):
            call()
        means.append((time.perf_counter() - begin) / calls * 1e6)
    means.sort()
    print(f"{name}: min {means[0]:.1f} us  med {means[parts // 2]:.1f} us", flush=True)


def first(name, call):
    """The first call alone, with what it compiles."""
    begin = time.perf_counter()
    call()
    micros = (time.perf_counter() - begin) * 1e6
    print(f"{name}: min {micros:.1f} us  med {micros:.1f} us", flush=True)


def serve(name, call):
    """As many calls as the last word of each line of the standard input says, and the mean microseconds of one."""
    print("ready", flush=True)
    for line in sys.stdin:
        calls = int(line.split()[-1])
        begin = time.perf_counter()
        for _ in range(calls):
            call()
        print(f"us {(time.perf_counter() - begin) / calls * 1e6:.1f}", flush=True)


MEASURES = dict(steady=bench, first=first, memory=serve)
