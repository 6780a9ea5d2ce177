"""People at work: absences, substitutes, who is told at an escalation.

Accounts and passwords are in `accounts`, changes by administrators in `administration`.
"""
