//! The repository itself: its architecture, its pages, and the files at its top.

mod architecture;
mod option_pages;
mod own_recipe;
mod repository;
mod toy;
