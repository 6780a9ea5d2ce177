"""Sends messages: mail, SMS, webhooks, time stamps. An edge: it may commit, wait and fail.

What is said to whom is decided in `messages`.
"""
