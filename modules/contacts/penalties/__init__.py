"""Penalty interest on what is paid late: agreed in contracts, proposed by day, charged by documents."""
