"""What is offered, by whom, where, when and for which outcome: the tables and words of HSDS / Open Referral UK."""
