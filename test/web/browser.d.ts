// The types of what test/web reads of pages.
