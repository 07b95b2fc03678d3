"""A local stand-in for low-code platform and life-cycle system, speaking only the public contracts."""
