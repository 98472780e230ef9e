// A long import goes on by itself; without this script the button "Go on" does it.
document.querySelector("form[data-go-on]")?.requestSubmit();
