// The buttons that copy a text. Without this script they stay hidden, and the text can be selected.
for (const button of document.querySelectorAll('button[data-copies]')) {
  const text = document.getElementById(button.dataset.copies)
  const said = button.parentElement.querySelector('[data-copied]')
  button.hidden = false
  button.addEventListener('click', async () => {
    text.select()
    await navigator.clipboard.writeText(text.value)
    said.textContent = said.dataset.copied
  })
}
