"""Time pyfixest on the designs of panel's BenchmarkOLS ("easy", "sparse") or on a Parquet file."""
import sys, time
import numpy as np, pandas as pd, pyfixest as pf

def design(n, kind):
    rng = np.random.default_rng(1)
    if kind == "easy":      # units drawn at random
        a, b = rng.integers(0, n // 20, n), rng.integers(0, int(n ** 0.5), n)
    else:                   # workers of ten years who seldom move, on a ring of firms
        a = np.arange(n) // 10
        firms = n // 100
        step = np.where((np.arange(n) % 10 > 0) & (rng.random(n) < 0.02), 1 + rng.integers(0, 3, n), 0)
        first = rng.integers(0, firms, n // 10)
        b = (first[a] + step.reshape(-1, 10).cumsum(1).ravel()) % firms
    x = rng.standard_normal(n) + np.sin(b)
    y = x + np.sin(a) + np.cos(b) + rng.standard_normal(n)
    return pd.DataFrame({"y": y, "x": x, "a": a, "b": b})

if sys.argv[1].endswith(".parquet"):
    df, kind = pd.read_parquet(sys.argv[1]), "file"
    backends = sys.argv[2:] or ["rust"]
else:
    kind = sys.argv[2]
    df = design(int(float(sys.argv[1])), kind)
    backends = sys.argv[3:] or ["rust"]
for backend in backends:
    for run in range(3):
        t = time.time()
        try:
            fit = pf.feols("y ~ x | a + b", df, vcov="iid", demeaner_backend=backend, copy_data=False, store_data=False, lean=True)
            print(f"pyfixest {backend} {kind} n={len(df)}: {time.time()-t:.2f} s  b={fit.coef().iloc[0]:.6f} ({fit.se().iloc[0]:.6f})", flush=True)
        except Exception as e:
            print(backend, "failed:", repr(e)[:200])
            break
