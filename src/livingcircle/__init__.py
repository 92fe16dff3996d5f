"""Assess, plan and run 15-minute convenient living circles (一刻钟便民生活圈)."""

__version__ = "0.1.0"
