"""Why a run went as it did: the bottleneck with its evidence, theory beside truth, what changed."""
