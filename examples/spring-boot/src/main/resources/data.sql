insert into account values ('alice', 10000), ('bob', 500);
