//! The repository: its architecture, its pages, and the files in its root directory.

mod architecture;
mod option_pages;
mod own_recipe;
mod repository;
mod toy;
