-- step: nodes limit alone
drop table if exists rate_debts;
