"""Pictures of what was worked out, each as one Vega-Lite specification; drawn where the extra `charts` is installed."""
