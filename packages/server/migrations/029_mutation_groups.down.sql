drop function remember_mutations;
