create table account(name varchar(30) primary key, cents bigint not null check (cents >= 0));
