"""The simulator: kernel, flows, pools, network, workloads, metrics. The only room that imports SimPy."""
