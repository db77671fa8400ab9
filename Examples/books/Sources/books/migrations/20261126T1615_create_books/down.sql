DROP TABLE placements;

DROP TABLE shelves;

DROP TABLE loans;

DROP TABLE books;
